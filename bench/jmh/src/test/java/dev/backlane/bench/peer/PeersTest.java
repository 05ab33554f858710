package dev.backlane.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Backend;
import org.junit.jupiter.api.Test;

class PeersTest {
    @Test
    void backlaneIsAlwaysThere() {
        Peers.Found<SgemmPeer> found = Peers.find(SgemmPeer.class, "backlane");
        assertNotNull(found.peer());
        assertEquals(Backend.describe(), found.description());
    }

    @Test
    void absentPeerHasAReason() {
        Peers.Found<SgemmPeer> found = Peers.find(SgemmPeer.class, "nobody");
        assertNull(found.peer());
        assertTrue(found.description().contains("profile peers"), found.description());
    }

    /** Whether the profile brought it or not, and whether it loads on this machine or not. */
    @Test
    void everyPeerIsReadyOrHasAReason() {
        for (String name : Peers.ALL) {
            Peers.Found<Peer> found = Peers.find(Peer.class, name);
            assertTrue(found.peer() != null || !found.description().isBlank(), name);
        }
    }
}
