/**
 * Gradient descent and its relatives, learning-rate schedules and gradient clipping. An optimiser step is one linear
 * sweep over parameters, gradients and state, three flat arrays of one layout that belong to the caller.
 */
package dev.backlane.optim;
