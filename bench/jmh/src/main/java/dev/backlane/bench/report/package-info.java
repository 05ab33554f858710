/** Tables and charts from JMH's JSON. Knows what the benchmarks' parameters mean, and runs nothing. */
package dev.backlane.bench.report;
