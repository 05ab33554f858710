package dev.backlane.check;

/** Refusals that name the argument, what it needed and what it got. */
final class Arguments {
    private Arguments() {}

    static void require(boolean holds, String argument, String need, Object got) {
        if (!holds) {
            throw new IllegalArgumentException(argument + " needs " + need + ", got " + got);
        }
    }
}
