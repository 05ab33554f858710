package dev.backlane.check;

/** The two kinds of array behind one interface. All arithmetic of the checker is in double. */
sealed interface Store {
    double get(int index);

    void set(int index, double value);

    int length();

    /** Identity of the caller's array: two tensors may be views of the same one. */
    Object array();

    /** Distance from 1 to the next larger number. */
    double epsilon();

    /** Distance from |value| to the next larger number of this precision. */
    double ulp(double value);

    record Floats(float[] data) implements Store {
        @Override
        public double get(int index) {
            return data[index];
        }

        @Override
        public void set(int index, double value) {
            data[index] = (float) value;
        }

        @Override
        public int length() {
            return data.length;
        }

        @Override
        public Object array() {
            return data;
        }

        @Override
        public double epsilon() {
            return Math.ulp(1f);
        }

        @Override
        public double ulp(double value) {
            return Math.ulp((float) value);
        }
    }

    record Doubles(double[] data) implements Store {
        @Override
        public double get(int index) {
            return data[index];
        }

        @Override
        public void set(int index, double value) {
            data[index] = value;
        }

        @Override
        public int length() {
            return data.length;
        }

        @Override
        public Object array() {
            return data;
        }

        @Override
        public double epsilon() {
            return Math.ulp(1d);
        }

        @Override
        public double ulp(double value) {
            return Math.ulp(value);
        }
    }
}
