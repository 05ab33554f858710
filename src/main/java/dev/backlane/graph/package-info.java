/**
 * The computation graph: forward pass, reverse mode, forward mode and second order, with every intermediate value open to
 * view. Small enough to read at once:
 *
 * <ul>
 *   <li>{@link dev.backlane.graph.Graph} is built once and never changes; {@link dev.backlane.graph.Values} has the
 *       numbers of one thread.
 *   <li>{@code Walk} is the algorithm: four loops over the nodes.
 *   <li>{@link dev.backlane.graph.Op} says what an operation must state: value, jvp, vjp, curve; each family is one file.
 *       A rule calls the kernel that holds the derivative's formula and never restates it.
 *   <li>{@code Slots} is an arena of one array per node, in which the first contribution overwrites and the rest add.
 *   <li>{@link dev.backlane.graph.Trace} prints the tables of a pass, {@link dev.backlane.graph.WorkedExample} has graphs
 *       to follow by hand, {@link dev.backlane.graph.GradientCost} compares the modes.
 * </ul>
 */
package dev.backlane.graph;
