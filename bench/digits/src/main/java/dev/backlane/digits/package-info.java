/**
 * An application of Backlane: networks that read handwritten digits. {@link dev.backlane.digits.Main} is its command
 * line, {@code Mnist} its data, {@code TrainingRun} what it does.
 */
package dev.backlane.digits;
