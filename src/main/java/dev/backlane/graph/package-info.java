/**
 * The computation graph: forward pass, reverse mode and forward mode, with every intermediate value open to view. Each
 * rule calls the kernel that holds the derivative's formula and never restates it.
 */
package dev.backlane.graph;
