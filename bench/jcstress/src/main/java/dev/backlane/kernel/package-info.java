/** Stress of what only kernels may call. */
package dev.backlane.kernel;
