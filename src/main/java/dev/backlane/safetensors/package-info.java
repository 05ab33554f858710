/**
 * Checkpoints that other tools read: files in the format <a href="https://github.com/huggingface/safetensors">safetensors</a>,
 * which holds named tensors and a few words about them, and no code. {@link dev.backlane.safetensors.SafetensorsWriter} replaces
 * a file whole or not at all, {@link dev.backlane.safetensors.SafetensorsReader} trusts nothing that it reads. Knows no other
 * package of the library: tensors are flat {@code float[]}.
 */
package dev.backlane.safetensors;
