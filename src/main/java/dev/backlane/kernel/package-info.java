/**
 * Kernels over flat {@code float[]} arrays: matrix product, dense layer, activations, losses, vector sweeps and
 * optimiser updates. Matrices are row-major, each with an offset and, where it makes sense, a leading dimension. No
 * kernel wraps, keeps or allocates an array, and none starts a thread: {@code Workers}, which the caller passes, is the
 * only source of threads. A kernel returns the same bits on every {@code Backend}, scalar or 128, 256 or 512 bits wide,
 * and for any number of workers. Arguments are checked before the first write; an output may not overlap an input,
 * except that elementwise kernels run exactly in place.
 */
package dev.backlane.kernel;
