/**
 * What lies where in one flat parameter vector: named blocks with a shape and an offset, the layout that they make up,
 * and seeded initialisers that draw the same numbers on every machine. All parameters of a model are one
 * {@code float[]}; its gradients and each optimiser moment are others of the same layout. Nothing here holds such an
 * array: a layout describes one that the caller owns.
 */
package dev.backlane.param;
