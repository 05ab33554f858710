package dev.backlane.spark;

import dev.backlane.nn.TrainingState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Training states in a folder of any file system that Hadoop knows. A file is written under another name and renamed when whole, so
 * that a driver which dies leaves the previous one; the last two are kept. Since a run is deterministic, one that goes on from
 * an older state ends with the same bits.
 */
public final class Checkpoints {
    private static final int MAGIC = 0x424b4c31;
    private static final int BUFFER = 1 << 16;
    private static final int KEPT = 2;

    private final FileSystem files;
    private final Path folder;
    private final String run;

    /**
     * A folder, made when it is first needed.
     *
     * @param folder its path or URI
     * @param hadoop the file systems' configuration
     * @param run what the run is: two runs of which one may go on where the other ended have the same text
     * @throws IOException if there is no such file system
     */
    public Checkpoints(String folder, Configuration hadoop, String run) throws IOException {
        this.folder = new Path(folder);
        files = this.folder.getFileSystem(hadoop);
        this.run = run;
    }

    /**
     * Stores a state.
     *
     * @param state between two epochs
     * @throws IOException if it cannot be written
     */
    public void save(TrainingState state) throws IOException {
        String name = "epoch-%05d".formatted(state.epoch());
        Path unfinished = new Path(folder, "." + name);
        try (FSDataOutputStream stored = files.create(unfinished, true)) {
            CheckedOutputStream checked = new CheckedOutputStream(stored, new CRC32());
            DataOutputStream out = new DataOutputStream(checked);
            out.writeInt(MAGIC);
            out.writeUTF(run);
            out.writeInt(state.epoch());
            out.writeLong(state.step());
            write(state.parameters(), out);
            write(state.optimizerState(), out);
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
            stored.hsync();
        }
        Path finished = new Path(folder, name);
        files.delete(finished, false);
        if (!files.rename(unfinished, finished)) {
            throw new IOException(unfinished + " cannot be renamed to " + finished);
        }
        // Newer ones are damaged, else this run would have gone on from them.
        List<Path> all = newestFirst().stream()
                .filter(path -> epoch(path) <= state.epoch())
                .toList();
        for (Path old : all.subList(Math.min(KEPT, all.size()), all.size())) {
            files.delete(old, false);
        }
    }

    /**
     * The newest state that is whole.
     *
     * @return empty if there is none
     * @throws IOException if a whole one is of another run, or the folder cannot be read
     */
    public Optional<TrainingState> latest() throws IOException {
        for (Path path : newestFirst()) {
            Optional<TrainingState> state = read(path);
            if (state.isPresent()) {
                return state;
            }
        }
        return Optional.empty();
    }

    private List<Path> newestFirst() throws IOException {
        if (!files.exists(folder)) {
            return List.of();
        }
        return Arrays.stream(files.listStatus(folder))
                .map(FileStatus::getPath)
                .filter(path -> path.getName().matches("epoch-\\d{5,10}"))
                .sorted(Comparator.comparingLong(Checkpoints::epoch).reversed())
                .toList();
    }

    private static long epoch(Path path) {
        return Long.parseLong(path.getName().substring("epoch-".length()));
    }

    /** Empty if the file is damaged: what it says of itself is believed once the checksum agrees. */
    private Optional<TrainingState> read(Path path) throws IOException {
        long length = files.getFileStatus(path).getLen();
        String of;
        TrainingState state;
        try (DataInputStream stored = files.open(path)) {
            CheckedInputStream checked = new CheckedInputStream(stored, new CRC32());
            DataInputStream in = new DataInputStream(checked);
            if (in.readInt() != MAGIC) {
                return Optional.empty();
            }
            of = in.readUTF();
            int epoch = in.readInt();
            long step = in.readLong();
            float[] parameters = read(in, length);
            float[] optimizerState = read(in, length);
            long checksum = checked.getChecksum().getValue();
            if (in.readLong() != checksum) {
                return Optional.empty();
            }
            state = new TrainingState(parameters, optimizerState, epoch, step);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
        if (!of.equals(run)) {
            throw new IOException(path + " is of another run: " + of + "; this one is: " + run);
        }
        return Optional.of(state);
    }

    private static void write(float[] values, DataOutputStream out) throws IOException {
        out.writeInt(values.length);
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        for (int at = 0, size; at < values.length; at += size) {
            size = Math.min(BUFFER / 4, values.length - at);
            buffer.asFloatBuffer().put(values, at, size);
            out.write(buffer.array(), 0, 4 * size);
        }
    }

    private static float[] read(DataInputStream in, long fileLength) throws IOException {
        int n = in.readInt();
        if (n < 0 || 4L * n > fileLength) {
            throw new IOException("more numbers than the file has bytes for");
        }
        float[] values = new float[n];
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        for (int at = 0, size; at < n; at += size) {
            size = Math.min(BUFFER / 4, n - at);
            in.readFully(buffer.array(), 0, 4 * size);
            buffer.asFloatBuffer().get(values, at, size);
        }
        return values;
    }
}
