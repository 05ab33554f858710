package dev.backlane.spark;

import java.io.Serializable;

/**
 * What every executor needs for one step.
 *
 * @param network as {@code Mlp.of} reads it
 * @param parameters of the network
 * @param batch numbers of the batch's examples, in order
 */
record Step(String network, float[] parameters, int... batch) implements Serializable {}
