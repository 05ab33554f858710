/** The JMH benchmarks. Each verifies a peer's result against Backlane's in its set-up, outside the timed part. */
package dev.backlane.bench.jmh;
