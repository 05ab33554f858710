package dev.backlane.check;

/**
 * A million parameters, in double or rounded to float after every operation: {@code yᵣ = Σ_c p(x_rc)} with {@code p(x) = x
 * + x²/2 + x³/8}. One coordinate of the gradient can be wrong by 1%.
 */
final class Million {
    static final int ROWS = 1000;
    static final int BAD_ROW = 617;
    static final int BAD_COLUMN = 283;

    private Million() {}

    static GradientCheck inDouble(int columns, boolean bug) {
        int size = ROWS * columns;
        double[] x = new double[size];
        double[] dx = new double[size];
        double[] tx = new double[size];
        double[] y = new double[ROWS];
        double[] dy = new double[ROWS];
        double[] ty = new double[ROWS];
        SplitMix random = new SplitMix(5);
        for (int i = 0; i < size; i++) {
            x[i] = random.nextWeight();
        }
        return GradientCheck.of(
                        () -> {
                            for (int r = 0; r < ROWS; r++) {
                                double sum = 0;
                                for (int i = r * columns; i < (r + 1) * columns; i++) {
                                    sum += x[i] * (1 + x[i] * (0.5 + x[i] * 0.125));
                                }
                                y[r] = sum;
                            }
                        },
                        () -> {
                            for (int i = 0; i < size; i++) {
                                dx[i] = dy[i / columns] * (1 + x[i] * (1 + x[i] * 0.375));
                            }
                            dx[BAD_ROW * columns + BAD_COLUMN % columns] *= bug ? 1.01 : 1;
                        })
                .input("x", x, dx, ROWS, columns)
                .output("y", y, dy)
                .jvp(() -> {
                    for (int r = 0; r < ROWS; r++) {
                        double sum = 0;
                        for (int i = r * columns; i < (r + 1) * columns; i++) {
                            sum += tx[i] * (1 + x[i] * (1 + x[i] * 0.375));
                        }
                        ty[r] = sum;
                    }
                })
                .tangent("x", Tensor.of(tx, ROWS, columns))
                .tangent("y", Tensor.of(ty));
    }

    static GradientCheck inFloat(int columns, boolean bug) {
        int size = ROWS * columns;
        float[] x = new float[size];
        float[] dx = new float[size];
        float[] tx = new float[size];
        float[] y = new float[ROWS];
        float[] dy = new float[ROWS];
        float[] ty = new float[ROWS];
        SplitMix random = new SplitMix(5);
        for (int i = 0; i < size; i++) {
            x[i] = (float) random.nextWeight();
        }
        return GradientCheck.of(
                        () -> {
                            for (int r = 0; r < ROWS; r++) {
                                float sum = 0;
                                for (int i = r * columns; i < (r + 1) * columns; i++) {
                                    sum += x[i] * (1 + x[i] * (0.5f + x[i] * 0.125f));
                                }
                                y[r] = sum;
                            }
                        },
                        () -> {
                            for (int i = 0; i < size; i++) {
                                dx[i] = dy[i / columns] * (1 + x[i] * (1 + x[i] * 0.375f));
                            }
                            dx[BAD_ROW * columns + BAD_COLUMN % columns] *= bug ? 1.01f : 1;
                        })
                .input("x", x, dx, ROWS, columns)
                .output("y", y, dy)
                .jvp(() -> {
                    for (int r = 0; r < ROWS; r++) {
                        float sum = 0;
                        for (int i = r * columns; i < (r + 1) * columns; i++) {
                            sum += tx[i] * (1 + x[i] * (1 + x[i] * 0.375f));
                        }
                        ty[r] = sum;
                    }
                })
                .tangent("x", Tensor.of(tx, ROWS, columns))
                .tangent("y", Tensor.of(ty));
    }
}
