/**
 * Dense layers, the multi-layer perceptron, its workspace and a training loop. A model here is a shape without
 * numbers: parameters, gradients and workspace are the caller's arrays, so that one model serves any number of threads,
 * each with a workspace of its own. Parameter gradients accumulate; activations and their gradients overwrite. The same
 * seed gives the same parameters, bit for bit, for any number of workers.
 */
package dev.backlane.nn;
