/**
 * Backlane inside Apache Spark: {@link dev.backlane.spark.SparkExamples} spreads a data set, {@link
 * dev.backlane.spark.SparkGradient} adds up the gradient of a batch over it for the library's own {@code Trainer}, {@link
 * dev.backlane.spark.Prediction} is a trained network as a function over a column. Glue only: what another engine could
 * use, too, is in the library.
 */
package dev.backlane.spark;
