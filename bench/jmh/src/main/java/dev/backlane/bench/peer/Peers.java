package dev.backlane.bench.peer;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds peers and loads them; says of each that is not there why not. */
public final class Peers {
    /** Every peer that the profile {@code peers} brings, so that a build without it can name who is absent. */
    public static final List<String> ALL = List.of("backlane", "onednn", "openblas", "libtorch", "netlib", "ejml");

    private Peers() {}

    /**
     * A peer of a kind that is ready, or the reason why there is none.
     *
     * @param peer ready to work, or null
     * @param description version and configuration if it is ready, else why it is not
     * @param <T> kind of peer
     */
    public record Found<T extends Peer>(T peer, String description) {}

    /**
     * Finds and loads one peer.
     *
     * @param kind what it must be able to do
     * @param name as {@link Peer#name()}
     * @param <T> kind of peer
     * @return the peer, or why there is none
     */
    public static <T extends Peer> Found<T> find(Class<T> kind, String name) {
        for (Peer candidate : known()) {
            if (candidate.name().equals(name)) {
                if (!kind.isInstance(candidate)) {
                    return new Found<>(null, "has nothing to compare here");
                }
                try {
                    return new Found<>(kind.cast(candidate), candidate.load());
                } catch (LinkageError | RuntimeException e) {
                    Throwable cause = e;
                    while (cause.getCause() != null) {
                        cause = cause.getCause();
                    }
                    return new Found<>(
                            null, String.valueOf(cause).lines().findFirst().orElse(""));
                }
            }
        }
        return new Found<>(null, "not in this build; it comes with the Maven profile peers");
    }

    /**
     * Every peer of a kind, ready or not.
     *
     * @param kind what it must be able to do
     * @param <T> kind of peer
     * @return by name, in the order of {@link #ALL}; those that do other jobs only are left out
     */
    public static <T extends Peer> Map<String, Found<T>> findAll(Class<T> kind) {
        Map<String, Found<T>> found = new LinkedHashMap<>();
        List<Peer> known = known();
        for (String name : ALL) {
            boolean other = known.stream().anyMatch(peer -> peer.name().equals(name) && !kind.isInstance(peer));
            if (!other) {
                found.put(name, find(kind, name));
            }
        }
        return found;
    }

    private static List<Peer> known() {
        List<Peer> peers = new ArrayList<>();
        peers.add(new BacklanePeer());
        Iterator<Peer> found = ServiceLoader.load(Peer.class).iterator();
        while (true) {
            try {
                if (!found.hasNext()) {
                    return peers;
                }
                peers.add(found.next());
            } catch (ServiceConfigurationError _) {
                // A build without the profile over one with it: the names are still there, the classes are not.
            }
        }
    }
}
