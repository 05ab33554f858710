package dev.backlane.safetensors;

/** The types of element that the format knows, but for those smaller than a byte. */
public enum Dtype {
    /** Boolean, a byte each. */
    BOOL(1),
    /** Unsigned byte. */
    U8(1),
    /** Signed byte. */
    I8(1),
    /** 8-bit float with 4 bits of exponent. */
    F8_E4M3(1),
    /** 8-bit float with 5 bits of exponent. */
    F8_E5M2(1),
    /** 8-bit power of two. */
    F8_E8M0(1),
    /** Signed 16-bit integer. */
    I16(2),
    /** Unsigned 16-bit integer. */
    U16(2),
    /** Half precision. */
    F16(2),
    /** The upper half of a single. */
    BF16(2),
    /** Signed 32-bit integer. */
    I32(4),
    /** Unsigned 32-bit integer. */
    U32(4),
    /** Single precision, Java's {@code float}: what this package reads and writes. */
    F32(4),
    /** Signed 64-bit integer. */
    I64(8),
    /** Unsigned 64-bit integer. */
    U64(8),
    /** Double precision. */
    F64(8),
    /** Two singles, real and imaginary part. */
    C64(8);

    private final int bytes;

    Dtype(int bytes) {
        this.bytes = bytes;
    }

    /**
     * Size of an element.
     *
     * @return bytes
     */
    public int bytes() {
        return bytes;
    }
}
