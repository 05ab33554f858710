package dev.backlane.digits;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Records as JSON: an object with the components' names as keys. Numbers that JSON lacks are the strings {@code "NaN"}, {@code
 * "Infinity"} and {@code "-Infinity"}, as in the gradient checker's report.
 */
final class Json {
    private static final Gson EXACT = gson(0);
    private static final Gson SHORT = gson(4);

    private Json() {}

    /**
     * On one line, each number to its last bit.
     *
     * @param value a record, a list or a map of them
     * @return JSON
     */
    static String exact(Object value) {
        return EXACT.toJson(value);
    }

    /**
     * On one line, each number to four digits, safe within the page of a report.
     *
     * @param value a record, a list or a map of them
     * @return JSON
     */
    static String brief(Object value) {
        return SHORT.toJson(value);
    }

    private static Gson gson(int digits) {
        GsonBuilder builder = new GsonBuilder();
        Numbers numbers = new Numbers(digits);
        for (Class<?> type : new Class<?>[] {float.class, Float.class, double.class, Double.class}) {
            builder.registerTypeAdapter(type, numbers);
        }
        return builder.create();
    }

    private static final class Numbers extends TypeAdapter<Number> {
        private final int digits;

        Numbers(int digits) {
            this.digits = digits;
        }

        @Override
        public void write(JsonWriter out, Number value) throws IOException {
            if (value == null) {
                out.nullValue();
            } else if (!Double.isFinite(value.doubleValue())) {
                out.value(value.toString());
            } else if (digits == 0) {
                out.jsonValue(value.toString());
            } else {
                out.jsonValue(shortest(value.doubleValue()));
            }
        }

        private String shortest(double value) {
            BigDecimal rounded = new BigDecimal(value, new MathContext(digits)).stripTrailingZeros();
            String plain = rounded.toPlainString();
            String scientific = rounded.toString();
            return plain.length() <= scientific.length() ? plain : scientific;
        }

        @Override
        public Number read(JsonReader in) throws IOException {
            return in.nextDouble();
        }
    }
}
