/**
 * What is measured: the same job behind one small interface for Backlane and each peer. Peers that need a library of
 * their own are compiled only with the profile {@code peers} and found by {@link java.util.ServiceLoader}.
 */
package dev.backlane.bench.peer;
