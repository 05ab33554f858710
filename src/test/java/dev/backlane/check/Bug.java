package dev.backlane.check;

/** The mistakes that {@link FloatNet} and {@link DoubleNet} can be asked to make in their backward pass. */
enum Bug {
    NONE("nothing wrong"),
    WRONG_SIGN("wrong sign"),
    MISSING_FACTOR("missing factor"),
    MISSING_TERM("missing term of a multi-path sum"),
    ASSIGN_PATH("= for +=, second path over the first"),
    ASSIGN_BUFFER("= for +=, over an accumulating buffer"),
    TRANSPOSED("transposed operand"),
    OFF_BY_ONE_ROW("off-by-one row"),
    STALE_ACTIVATION("stale activation"),
    WRONG_ACTIVATION("derivative of the wrong activation"),
    DROPPED_BIAS("dropped bias"),
    TAIL_LANE("last lane of a tail wrong"),
    ONE_PERCENT("1% in one coordinate of twenty");

    final String text;

    Bug(String text) {
        this.text = text;
    }
}
