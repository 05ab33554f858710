package dev.backlane.bench.jmh;

import dev.backlane.bench.peer.Network;
import dev.backlane.bench.peer.NetworkPeer;
import dev.backlane.bench.peer.Peer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Whole training steps (forward pass, softmax cross-entropy, backward pass, gradient descent) and inference. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class NetworkBenchmark {
    /** {@code training} or {@code inference}. */
    @Param("training")
    public String task;

    /** Layer sizes and activation of the hidden ones. */
    @Param("784-128-10 sigmoid")
    public String network;

    /** Examples of a step. */
    @Param("64")
    public int batch;

    /** Threads that a step may use. */
    @Param("1")
    public int threads;

    /** Whose network. */
    @Param("backlane")
    public String peer;

    private Peer.Job job;

    /** Verifies the peer's first step, or its logits. */
    @org.openjdk.jmh.annotations.Setup
    public void prepare() {
        job = new Network(network, batch)
                .verified(Setup.peer(NetworkPeer.class, peer, threads), task.equals("training"));
    }

    /** Frees the network. */
    @TearDown
    public void close() {
        job.close();
    }

    /** One step on the next batch. */
    @Benchmark
    public void step() {
        job.run();
    }
}
