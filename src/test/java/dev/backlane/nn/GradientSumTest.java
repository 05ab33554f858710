package dev.backlane.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.param.SeededRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GradientSumTest {
    private static final int LENGTH = 5;

    /** Magnitudes far apart, so that another order of addition gives other bits; some parts have no example. */
    private static GradientSum part(int part, int parts) {
        SeededRandom random = new SeededRandom(9, part);
        int examples = part % 4 == 3 ? 0 : part + 1;
        float[] gradients = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            gradients[i] = (float) (random.nextGaussian() * StrictMath.pow(10, random.nextInt(7)));
        }
        return GradientSum.of(part, parts, examples, loss(part), gradients);
    }

    private static double loss(int part) {
        return new SeededRandom(10, part).nextGaussian();
    }

    /** The tree's definition, top-down. */
    private static float[] tree(int residue, int modulus, int parts) {
        if (residue >= parts) {
            return null;
        }
        if (modulus >= parts) {
            float[] gradients =
                    part(residue, parts).add(missing(residue, parts)).gradients();
            return gradients;
        }
        float[] lower = tree(residue, 2 * modulus, parts);
        float[] upper = tree(residue + modulus, 2 * modulus, parts);
        if (lower == null || upper == null) {
            return lower == null ? upper : lower;
        }
        float[] sum = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            sum[i] = lower[i] + upper[i];
        }
        return sum;
    }

    /** All parts but one, without examples: they leave that one as it is. */
    private static GradientSum missing(int but, int parts) {
        GradientSum sum = GradientSum.none(parts);
        for (int part = 0; part < parts; part++) {
            if (part != but) {
                sum.add(GradientSum.of(part, parts, 0, 0, null));
            }
        }
        return sum;
    }

    /** Bags that meet two at a time, at random, until one is left. */
    private static GradientSum inSomeOrder(int parts, long seed) {
        SeededRandom random = new SeededRandom(seed);
        List<GradientSum> bags = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            bags.add(part(part, parts));
        }
        bags.add(GradientSum.none(parts));
        while (bags.size() > 1) {
            GradientSum one = bags.remove(random.nextInt(bags.size()));
            GradientSum other = bags.remove(random.nextInt(bags.size()));
            bags.add(one.add(other));
        }
        return bags.get(0);
    }

    @Property(tries = 300)
    void anyOrderGivesTheBitsOfTheTree(@ForAll @IntRange(min = 1, max = 40) int parts, @ForAll long seed) {
        GradientSum sum = inSomeOrder(parts, seed);
        assertArrayEquals(tree(0, 1, parts), sum.gradients());
        GradientSum again = inSomeOrder(parts, seed + 1);
        assertEquals(Double.doubleToRawLongBits(sum.loss()), Double.doubleToRawLongBits(again.loss()));
        double loss = 0;
        for (int part = 0; part < parts; part++) {
            loss += loss(part);
        }
        assertEquals(loss, sum.loss(), 1e-12 * parts);
        long examples = 0;
        for (int part = 0; part < parts; part++) {
            examples += part % 4 == 3 ? 0 : part + 1;
        }
        assertEquals(examples, sum.examples());
        assertTrue(sum.vectors() <= 1);
    }

    /** Else the property above would hold for any sum. */
    @Test
    void ofTheseNumbersAnotherOrderGivesOtherBits() {
        float[] chain = new float[LENGTH];
        for (int part = 0; part < 40; part++) {
            float[] gradients = part(part, 40).add(missing(part, 40)).gradients();
            for (int i = 0; gradients != null && i < LENGTH; i++) {
                chain[i] += gradients[i];
            }
        }
        assertNotEquals(Arrays.toString(chain), Arrays.toString(tree(0, 1, 40)));
    }

    /** What makes it cheap to send: a group of parts that are equal modulo a power of two is one vector. */
    @Test
    void partsThatAreEqualModuloAPowerOfTwoMeltIntoOneVector() {
        GradientSum sum = GradientSum.none(13);
        for (int part = 1; part < 13; part += 4) {
            sum.add(GradientSum.of(part, 13, 1, 0, new float[1]));
        }
        assertEquals(1, sum.vectors());
        assertEquals(2, sum.add(GradientSum.of(0, 13, 1, 0, new float[1])).vectors());
    }

    /** The same for any number of groups, and then the groups meet in any order. */
    @Property(tries = 300)
    void partsOfAGroupMeltIntoOneVector(@ForAll @IntRange(min = 1, max = 90) int parts, @ForAll long seed) {
        SeededRandom random = new SeededRandom(seed);
        int groups = 1 + random.nextInt(parts);
        List<GradientSum> sums = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            GradientSum sum = GradientSum.none(parts, groups);
            for (int part = group; part < parts; part += groups) {
                sum.add(GradientSum.of(part, parts, groups, 1, 0, new float[] {1f / (1 + part)}));
            }
            assertEquals(1, sum.vectors());
            sums.add(random.nextInt(sums.size() + 1), sum);
        }
        GradientSum grouped = GradientSum.none(parts, groups);
        sums.forEach(grouped::add);
        GradientSum backwards = GradientSum.none(parts, groups);
        for (int part = parts - 1; part >= 0; part--) {
            backwards.add(GradientSum.of(part, parts, groups, 1, 0, new float[] {1f / (1 + part)}));
        }
        assertArrayEquals(grouped.gradients(), backwards.gradients());
        assertEquals(parts, grouped.examples());
        int part = random.nextInt(parts);
        named("part " + part + " is", () -> grouped.add(GradientSum.of(part, parts, groups, 0, 0, null)));
    }

    @Test
    void onePartIsLeftAsItIs() {
        float[] gradients = {-0f, 1};
        assertSame(gradients, GradientSum.of(0, 1, 3, 0.5, gradients).gradients());
        assertEquals(0.5, GradientSum.of(0, 1, 3, 0.5, gradients).loss());
        assertNull(GradientSum.of(0, 1, 0, 0, null).gradients());
        assertEquals(0, GradientSum.of(0, 2, 0, 0, null).vectors());
    }

    @Test
    void travelsBetweenJvms() throws IOException, ClassNotFoundException {
        GradientSum sum = part(0, 3).add(part(2, 3));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(sum);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            GradientSum copy = (GradientSum) in.readObject();
            assertArrayEquals(tree(0, 1, 3), copy.add(part(1, 3)).gradients());
        }
    }

    /** A task that counts twice must not go unnoticed, wherever in the tree its part has gone. */
    @Test
    void aPartThatIsInAlreadyIsRefused() {
        for (int part = 0; part < 6; part++) {
            GradientSum sum = inSomeOrder(6, 4);
            GradientSum again = part(part, 6);
            named("part " + part, () -> sum.add(again));
            GradientSum few = part(part, 6).add(part((part + 1) % 6, 6));
            named("is in already", () -> few.add(inSomeOrder(6, 5)));
        }
    }

    @Test
    void badArgumentsAreNamed() {
        named("parts", () -> GradientSum.none(0));
        named("parts", () -> GradientSum.none((1 << 29) + 1));
        assertEquals(0, GradientSum.none(1 << 29).vectors());
        named("part must", () -> GradientSum.of(3, 3, 1, 0, new float[1]));
        named("part must", () -> GradientSum.of(-1, 3, 1, 0, new float[1]));
        named("examples", () -> GradientSum.of(0, 3, -1, 0, new float[1]));
        named("gradients", () -> GradientSum.of(0, 3, 1, 0, null));
        named("3 parts", () -> part(0, 3).add(part(1, 4)));
        named("3 parts in 1 groups", () -> part(0, 3).add(GradientSum.none(3, 2)));
        named("groups", () -> GradientSum.none(3, 4));
        named("5 elements", () -> part(0, 3).add(GradientSum.of(1, 3, 1, 0, new float[4])));
        String message = assertThrows(
                        IllegalStateException.class, () -> part(1, 3).examples())
                .getMessage();
        assertTrue(message.contains("1 (mod 2)"), message);
    }

    private static void named(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
