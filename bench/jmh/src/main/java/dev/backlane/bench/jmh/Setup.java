package dev.backlane.bench.jmh;

import dev.backlane.bench.peer.Peer;
import dev.backlane.bench.peer.Peers;

/** What every benchmark's set-up begins with. */
final class Setup {
    private Setup() {}

    /** The peer, loaded and set to a number of threads; the calling thread must be the one that is timed. */
    static <T extends Peer> T peer(Class<T> kind, String name, int threads) {
        Peers.Found<T> found = Peers.find(kind, name);
        if (found.peer() == null) {
            throw new IllegalStateException(name + ": " + found.description());
        }
        if (threads > 1 && !found.peer().multithreaded()) {
            throw new IllegalStateException(name + " has one thread only");
        }
        found.peer().threads(threads);
        return found.peer();
    }
}
