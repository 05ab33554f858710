package dev.backlane.digits;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Lines of output, and below them a progress bar, if it goes to a terminal. The bar is drawn with carriage returns and
 * blanks alone: no colour, no control sequence.
 */
final class Progress implements AutoCloseable {
    /** The bar and the cursor behind it fit the usual terminal. */
    private static final int WIDTH = 79;

    private final PrintWriter out;
    private final ProgressBar bar;
    private int drawn;

    private Progress(PrintWriter out, boolean terminal, String task, long end) {
        this.out = out;
        bar = terminal
                ? ProgressBar.builder()
                        .setTaskName(task)
                        .setInitialMax(end)
                        .setUpdateIntervalMillis(100)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setConsumer(new Drawing())
                        .clearDisplayOnFinish()
                        .build()
                : null;
    }

    /**
     * Starts.
     *
     * @param out where to
     * @param terminal whether people watch it
     * @param task what goes on
     * @param end when it is done
     * @return with a bar at 0, or without
     */
    static Progress start(PrintWriter out, boolean terminal, String task, long end) {
        return new Progress(out, terminal, task, end);
    }

    /**
     * Moves the bar.
     *
     * @param done of what {@code end} counts
     */
    void to(long done) {
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    /**
     * Prints a line, above the bar if there is one.
     *
     * @param line without its end
     */
    synchronized void println(String line) {
        erase();
        out.println(line);
        out.flush();
    }

    /** Removes the bar. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }

    private synchronized void draw(String text) {
        out.print("\r" + text + " ".repeat(Math.max(0, drawn - text.length())));
        out.flush();
        drawn = text.length();
    }

    private synchronized void erase() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            out.flush();
            drawn = 0;
        }
    }

    /** Called on the progress bar's own thread, and on the caller's when it is closed. */
    private final class Drawing implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String text) {
            draw(text.stripTrailing());
        }

        @Override
        public void clear() {
            erase();
        }

        @Override
        public void close() {
            erase();
        }
    }
}
