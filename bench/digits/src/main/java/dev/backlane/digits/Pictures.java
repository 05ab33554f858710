package dev.backlane.digits;

/** Images as lines of letters. */
final class Pictures {
    private static final String INK = " .:-=+*#%@";
    private static final String MORE = " .+*#";
    private static final String LESS = " ,-=%";

    private Pictures() {}

    /**
     * Ink on paper.
     *
     * @param pixels 0 to 1
     * @param columns of the image
     * @return a line for each row, two letters for a pixel
     */
    static String[] ink(float[] pixels, int columns) {
        return lines(pixels, columns, p -> INK.charAt(Math.clamp((int) (p * INK.length()), 0, INK.length() - 1)));
    }

    /**
     * Numbers of either sign: {@code . + * #} above 0, {@code , - = %} below.
     *
     * @param values any
     * @param columns of the image
     * @return a line for each row, two letters for a value
     */
    static String[] signed(float[] values, int columns) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        float scale = largest == 0 ? 0 : (MORE.length() - 0.5f) / largest;
        return lines(values, columns, v -> {
            int level = Math.min(MORE.length() - 1, (int) (Math.abs(v) * scale));
            return v > 0 ? MORE.charAt(level) : LESS.charAt(level);
        });
    }

    private interface Letter {
        char of(float value);
    }

    private static String[] lines(float[] values, int columns, Letter letter) {
        String[] lines = new String[values.length / columns];
        for (int r = 0; r < lines.length; r++) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                line.append(letter.of(values[r * columns + c])).append(line.charAt(line.length() - 1));
            }
            lines[r] = line.toString();
        }
        return lines;
    }
}
