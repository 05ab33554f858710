package dev.backlane.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written comes back; what was not written so is refused. */
@Tag("once") // Not once per backend.
class SafetensorsTest {
    private static final String TWO = "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
            + "'b':{'dtype':'U8','shape':[],'data_offsets':[8,9]}}";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void file() {
        file = folder.resolve("f.safetensors");
    }

    /** A file of any header, in which ' stands for ", and any length of data. */
    private void put(String header, int dataBytes) throws IOException {
        byte[] bytes = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        put(bytes, bytes.length, dataBytes);
    }

    private void put(byte[] header, long said, int dataBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(said).put(header).array());
    }

    private void refused(String part) {
        String message = assertThrows(
                        SafetensorsException.class,
                        () -> SafetensorsReader.open(file).close())
                .getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(part), message);
    }

    @Test
    void whatIsWrittenComesBack() throws IOException {
        float[] values = new float[70_000];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        long notFinite = 0;
        for (int i = 3; i < 69_003; i++) {
            notFinite += Float.isFinite(values[i]) ? 0 : 1;
        }
        new SafetensorsWriter()
                .metadata("π \"quoted\" \\ \n\u0001", "\t😀/")
                .metadata("empty", "")
                .tensor("matrix", values, 3, 230, 300)
                .tensor("none", values, 70_000, 5, 0)
                .tensor("scalar", values, 17)
                .write(file);
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertEquals(
                    "{π \"quoted\" \\ \n\u0001=\t😀/, empty=}",
                    reader.metadata().toString());
            assertEquals(
                    List.of("matrix", "none", "scalar"),
                    List.copyOf(reader.tensors().keySet()));
            assertEquals(List.of(230L, 300L), reader.tensors().get("matrix").shape());
            float[] into = new float[69_002];
            assertEquals(notFinite, reader.read("matrix", into, 1));
            assertTrue(notFinite > 0);
            for (int i = 0; i < 69_000; i++) {
                assertEquals(Float.floatToRawIntBits(values[3 + i]), Float.floatToRawIntBits(into[1 + i]));
            }
            assertTrue(into[0] == 0 && into[69_001] == 0);
            assertEquals(1, reader.tensors().get("scalar").elements());
            reader.read("scalar", into, 0);
            assertEquals(values[17], into[0]);
            assertEquals(0, reader.read("none", into, into.length));
        }
    }

    /** Every byte, so that a mistake which writer and reader share is seen. */
    @Test
    void theBytesAreTheFormatsOwn() throws IOException {
        new SafetensorsWriter()
                .metadata("k", "v")
                .tensor("w", new float[] {9, 1, -2}, 1, 2, 1)
                .write(file);
        String header = "{\"__metadata__\":{\"k\":\"v\"},\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],"
                + "\"data_offsets\":[0,8]}}";
        header += " ".repeat(-header.length() & 7);
        ByteBuffer expected = ByteBuffer.allocate(16 + header.length());
        expected.put((byte) header.length()).position(8).put(header.getBytes(StandardCharsets.US_ASCII));
        expected.put(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0});
        assertArrayEquals(expected.array(), Files.readAllBytes(file));
    }

    @Test
    void filesOfOtherToolsAreRead() throws IOException {
        put(
                "{ '\\u0061\\/': {'data_offsets' : [4, 12],\n'shape': [2, 1 ], 'dtype':'F32'},"
                        + "'\\ud83d\\ude00':{'dtype':'BF16','shape':[2],'data_offsets':[0,4]}}   ",
                12);
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertEquals(List.of("a/", "😀"), List.copyOf(reader.tensors().keySet()));
            assertTrue(reader.metadata().isEmpty());
            assertEquals(0, reader.read("a/", new float[2], 0));
            String message = assertThrows(SafetensorsException.class, () -> reader.read("😀", new float[2], 0))
                    .getMessage();
            assertEquals(file + ": tensor \"😀\" must be F32, but is BF16", message);
            assertThrows(SafetensorsException.class, () -> reader.read("b", new float[2], 0));
            assertThrows(IllegalArgumentException.class, () -> reader.read("a/", new float[2], 1));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | must start with '{'",
                "` {}` | must start with '{'",
                "`` | must start with '{'",
                "{ | must have '\"' where the header ends, at character 1",
                "{}x | nothing but blanks behind the object where 'x' is, at character 2",
                "{'a':1} | must have '{' where '1' is",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},} | must have '\"' where '}' is",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]} 'b':{}} | must have ',' where '\"' is",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[0],'data_offsets':[8,8]}}"
                    + " | the name \"a\" comes twice",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'shape':[2]}} | its key \"shape\" twice",
                "{'__metadata__':{},'__metadata__':{}} | \"__metadata__\" comes twice",
                "{'__metadata__':{'k':'','k':''}} | the name \"k\" comes twice in __metadata__",
                "{'__metadata__':{'k':1}} | must have '\"' where '1' is",
                "{'__metadata__':[]} | must have '{' where '[' is",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'more':[]}} | a key \"more\"",
                "{'a':{'dtype':'F32','shape':[2]}} | must have the keys",
                "{'a':{'dtype':'F31','shape':[2],'data_offsets':[0,8]}} | unknown dtype \"F31\"",
                "{'a':{'dtype':'f32','shape':[2],'data_offsets':[0,8]}} | unknown dtype \"f32\"",
                "{'a':{'dtype':'F32','shape':[2,9223372036854775807],'data_offsets':[0,8]}} | size overflows",
                "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}} | size overflows",
                "{'a':{'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,8]}} | a number that is too large",
                "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | not negative where '-' is",
                "{'a':{'dtype':'F32','shape':[02],'data_offsets':[0,8]}} | without leading zeros",
                "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | where '.' is",
                "{'a':{'dtype':'F32','shape':[2e0],'data_offsets':[0,8]}} | where 'e' is",
                "{'a':{'dtype':'F32','shape':[],'data_offsets':[0,8]}} | which is 4 bytes, but its data_offsets are"
                        + " [0, 8]",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | data_offsets are [8, 0]",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,8]}} | two data_offsets",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}} | ends at 12, but the file has 8 bytes",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | no tensor has the bytes from 4 to 8",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | no tensor has the bytes from 0 to 4",
                "{} | no tensor has the bytes from 0 to 8",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}"
                    + " | tensor \"b\" begins at 4 and overlaps tensor \"a\", which ends at 8",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}"
                    + " | overlaps",
                "{'\\x':1} | behind a backslash",
                "{'\\u12g4':1} | four hexadecimal digits",
                "{'\\ud800':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | half a surrogate pair",
                "{'a\tb':1} | no control character"
            })
    void headersThatAreNotAsTheyMustBe(String header, String part) throws IOException {
        put(header == null ? "" : header, 8);
        refused(part);
    }

    @Test
    void lengthsThatLie() throws IOException {
        byte[] header = TWO.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        put(header, header.length, 9);
        SafetensorsReader.open(file).close();
        put(header, Long.MIN_VALUE, 9);
        refused("at most 100000000 bytes, but is said to have 9223372036854775808");
        put(header, 100_000_001, 9);
        refused("at most 100000000 bytes");
        put(header, 99_999_999, 9);
        refused("is said to have 99999999 bytes, but only " + (header.length + 9) + " follow");
        put(header, 0, 9);
        refused("must start with '{'");
        Files.write(file, new byte[7]);
        refused("this has 7");
        put(new byte[] {'{', (byte) 0xff, '}'}, 3, 0);
        refused("not UTF-8");
    }

    @Test
    void asManyDimensionsAsThereAre() throws IOException {
        new SafetensorsWriter().tensor("w", new float[0], 0, new int[64]).write(file);
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertEquals(64, reader.tensors().get("w").shape().size());
        }
        put("{'a':{'dtype':'F32','shape':[" + "1,".repeat(64) + "1],'data_offsets':[0,4]}}", 4);
        refused("no more than 64 numbers in a list where '1' is");
    }

    @Test
    void aMessageIsShortWhateverAFileNames() throws IOException {
        put("{'" + "a".repeat(100_000) + "':{'dtype':'F31','shape':[],'data_offsets':[0,4]}}", 4);
        String message = assertThrows(SafetensorsException.class, () -> SafetensorsReader.open(file))
                .getMessage();
        assertTrue(message.length() < 1_000 && message.startsWith(file + ": tensor \"aaa"), message);
    }

    /** A whole file, and then each shorter beginning of it. */
    @Test
    void everyTruncationIsRefused() throws IOException {
        put(TWO, 9);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            refused("");
        }
    }

    @Test
    void aFileThatShrinksWhileItIsOpen() throws IOException {
        new SafetensorsWriter().tensor("w", new float[100], 0, 100).write(file);
        byte[] whole = Files.readAllBytes(file);
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            Files.write(file, Arrays.copyOf(whole, whole.length - 1));
            assertThrows(SafetensorsException.class, () -> reader.read("w", new float[100], 0));
        }
    }

    @Test
    void aSaveThatFailsLeavesNothingBehind() throws IOException {
        Files.createDirectory(file);
        assertThrows(IOException.class, () -> new SafetensorsWriter().write(file));
        Path none = folder.resolve("none").resolve("f");
        assertThrows(IOException.class, () -> new SafetensorsWriter().write(none));
        try (var left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList());
        }
    }

    @Test
    void aLinkStaysOne() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createFile(file));
        new SafetensorsWriter().write(link);
        assertTrue(Files.isSymbolicLink(link));
        SafetensorsReader.open(file).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "w", "__metadata__", "\ud800"})
    void badArgumentsAreRefused(String name) {
        SafetensorsWriter writer =
                new SafetensorsWriter().tensor("w", new float[1], 0).metadata("w", "");
        if (!name.isEmpty()) {
            assertThrows(IllegalArgumentException.class, () -> writer.tensor(name, new float[1], 0));
        }
        assertThrows(IllegalArgumentException.class, () -> writer.tensor("x", null, 0));
        assertThrows(IllegalArgumentException.class, () -> writer.tensor("x", new float[4], 1, 2, 2));
        assertThrows(IllegalArgumentException.class, () -> writer.tensor("x", new float[4], 0, -1, -1));
        assertThrows(IllegalArgumentException.class, () -> writer.tensor("x", new float[4], 0, 1 << 30, 1 << 30, 16));
        assertThrows(IllegalArgumentException.class, () -> writer.tensor("x", new float[4], 0, new int[65]));
        assertThrows(IllegalArgumentException.class, () -> writer.metadata("w", "again"));
        assertThrows(IllegalArgumentException.class, () -> writer.metadata("x", null));
        assertFalse(Files.exists(file));
    }
}
