package dev.backlane.digits;

import dev.backlane.kernel.Workers;

final class ReportWriter {
    ReportWriter(Checkpoint at, Mnist data, Workers workers) {}

    void onBatch(long done, double loss) {}

    void onEpoch(EpochResult result) {}

    String page(ConfusionMatrix matrix) {
        return "";
    }
}
