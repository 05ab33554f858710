package dev.backlane.spark;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code backlane-spark parquet}. */
@Command(
        name = "parquet",
        description = "Write MNIST's files as Parquet: train.parquet and test.parquet, with id, label and features.")
final class ParquetCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FOLDER", description = "Where to, a path or URI. What is there is overwritten.")
    private String folder;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "A folder with MNIST's four files. Default: the MNIST that comes with the application")
    private String data;

    @Option(names = "--files", paramLabel = "N", description = "Files for each set. Default: 4")
    private int files = 4;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused")
    private boolean help;

    @Override
    public Integer call() throws IOException {
        try (SparkSession session = Main.session()) {
            for (boolean test : new boolean[] {false, true}) {
                Frames.idx(session, data, test, files)
                        .write()
                        .mode(SaveMode.Overwrite)
                        .parquet(new Path(folder, test ? "test.parquet" : "train.parquet").toString());
            }
        }
        return Main.OK;
    }
}
