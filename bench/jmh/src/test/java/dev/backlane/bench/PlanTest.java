package dev.backlane.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.bench.peer.Peer;
import dev.backlane.bench.peer.Peers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static Map<String, Peer> peers(List<String> names) {
        Map<String, Peer> peers = new LinkedHashMap<>();
        names.forEach(name -> peers.put(name, null));
        return peers;
    }

    private static Plan plan(Size size, String group, List<Integer> threads, List<String> names) {
        return new Plan(size, Set.of(group), threads, peers(names));
    }

    private static Set<String> contestants(List<Plan.Cell> cells) {
        return cells.stream().map(cell -> cell.parameters().get("peer")).collect(Collectors.toSet());
    }

    @Test
    void onlyPeersAtTheSameJobAreContestants() {
        for (List<Plan.Cell> cells :
                plan(Size.FULL, "sgemm", List.of(1, 2), Peers.ALL).jobs()) {
            assertEquals(
                    1,
                    cells.stream()
                            .map(cell -> cell.parameters().get("shape")
                                    + cell.parameters().get("threads"))
                            .distinct()
                            .count());
            assertTrue(contestants(cells).containsAll(Set.of("backlane", "onednn", "openblas")));
        }
    }

    @Test
    void slowPeersAreSparedLargeProductsAndSecondThreads() {
        for (List<Plan.Cell> cells :
                plan(Size.FULL, "sgemm", List.of(1, 2), Peers.ALL).jobs()) {
            Map<String, String> parameters = cells.get(0).parameters();
            boolean large = Set.of("NN:2048x2048x2048", "NN:4096x4096x4096").contains(parameters.get("shape"));
            boolean slow = contestants(cells).contains("ejml");
            assertEquals(!large && parameters.get("threads").equals("1"), slow, parameters.toString());
        }
    }

    @Test
    void everyGroupWorksWithoutPeers() {
        for (String group : Plan.GROUPS) {
            List<List<Plan.Cell>> jobs =
                    plan(Size.FULL, group, List.of(1, 2), List.of("backlane")).jobs();
            assertTrue(!jobs.isEmpty() && jobs.stream().noneMatch(List::isEmpty), group);
        }
    }

    @Test
    void everyBenchmarkHasItsParameters() throws ReflectiveOperationException {
        for (String group : Plan.GROUPS) {
            for (List<Plan.Cell> cells :
                    plan(Size.QUICK, group, List.of(1, 2), Peers.ALL).jobs()) {
                for (Plan.Cell cell : cells) {
                    int dot = cell.benchmark().lastIndexOf('.');
                    Class<?> type = Class.forName(cell.benchmark().substring(0, dot));
                    for (String name : cell.parameters().keySet()) {
                        assertEquals(name, type.getField(name).getName());
                    }
                }
            }
        }
    }

    @Test
    void labelsTellCellsApart() {
        List<String> labels = new Plan(Size.FULL, Set.copyOf(Plan.GROUPS), List.of(1, 2), peers(Peers.ALL))
                .jobs().stream().flatMap(List::stream).map(Plan.Cell::label).toList();
        assertEquals(labels.size(), Set.copyOf(labels).size());
    }
}
