package dev.backlane.safetensors;

import dev.backlane.safetensors.Header.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks through the JSON of a header. Reads the three kinds of value that a header has, and refuses all other JSON: floats, signs,
 * leading zeros, literals, and strings with control characters or half a surrogate pair.
 */
final class JsonCursor {
    private final String text;
    private int at;

    JsonCursor(String text) {
        this.text = text;
    }

    /** Enters an object or list: whether it has a first member. */
    boolean open(char opening, char closing) throws Refusal {
        expect(opening);
        return !skip(closing);
    }

    /** Behind a member: whether another follows, or else leaves the object or list. */
    boolean next(char closing) throws Refusal {
        if (skip(closing)) {
            return false;
        }
        expect(',');
        return true;
    }

    /** A member's name and the colon behind it. */
    String key() throws Refusal {
        String key = string();
        expect(':');
        return key;
    }

    /** A list of whole numbers that are not negative, not longer than a shape may be. */
    List<Long> naturals() throws Refusal {
        List<Long> list = new ArrayList<>();
        for (boolean more = open('[', ']'); more; more = next(']')) {
            if (list.size() == Header.MOST_DIMENSIONS) {
                throw unexpected("no more than " + Header.MOST_DIMENSIONS + " numbers in a list");
            }
            list.add(natural());
        }
        return list;
    }

    private long natural() throws Refusal {
        blanks();
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == from) {
            throw unexpected("a whole number that is not negative");
        }
        if (at - from > 1 && text.charAt(from) == '0') {
            at = from;
            throw unexpected("a number without leading zeros");
        }
        try {
            return Long.parseLong(text, from, at, 10);
        } catch (NumberFormatException e) {
            throw new Refusal("the header has a number that is too large, at character " + from);
        }
    }

    /** A string without its quotes and escapes. */
    String string() throws Refusal {
        expect('"');
        StringBuilder string = new StringBuilder();
        for (; ; ) {
            char c = take();
            if (c == '"') {
                break;
            }
            if (c < ' ') {
                at--;
                throw unexpected("no control character within a string");
            }
            string.append(c == '\\' ? escape() : c);
        }
        for (int i = 0; i < string.length(); i++) {
            if (Character.isHighSurrogate(string.charAt(i))
                    && i + 1 < string.length()
                    && Character.isLowSurrogate(string.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(string.charAt(i))) {
                throw new Refusal("the header has a string with half a surrogate pair, before character " + at);
            }
        }
        return string.toString();
    }

    private char escape() throws Refusal {
        char c = take();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    char hex = take();
                    int digit = hex < 128 ? Character.digit(hex, 16) : -1;
                    if (digit < 0) {
                        at--;
                        throw unexpected("four hexadecimal digits behind \\u");
                    }
                    code = code << 4 | digit;
                }
                yield (char) code;
            }
            default -> {
                at--;
                throw unexpected("one of \"\\/bfnrtu behind a backslash");
            }
        };
    }

    /** Nothing follows but the blanks that fill a header up. */
    void end() throws Refusal {
        while (at < text.length()) {
            if (take() != ' ') {
                at--;
                throw unexpected("nothing but blanks behind the object");
            }
        }
    }

    private void expect(char wanted) throws Refusal {
        if (!skip(wanted)) {
            throw unexpected("'" + wanted + "'");
        }
    }

    private boolean skip(char wanted) {
        blanks();
        boolean there = at < text.length() && text.charAt(at) == wanted;
        if (there) {
            at++;
        }
        return there;
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char take() throws Refusal {
        if (at == text.length()) {
            throw unexpected("more");
        }
        return text.charAt(at++);
    }

    private Refusal unexpected(String wanted) {
        String found = at == text.length() ? "the header ends" : String.format("'%c' is", text.charAt(at));
        return new Refusal("the header must have " + wanted + " where " + found + ", at character " + at);
    }
}
