package dev.backlane.fuzz;

import static dev.backlane.fuzz.Approx.exact;
import static dev.backlane.fuzz.Operand.Role.OVERWRITTEN;
import static dev.backlane.fuzz.Operand.Role.READ;
import static dev.backlane.fuzz.Operand.Role.UPDATED;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.ElementaryFunction;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Arithmetic, functions and derivatives, element by element. */
final class ElementwiseKernels {
    static final Map<String, BiFunction<String, Draw, Case>> ALL = all();

    private ElementwiseKernels() {}

    private static Map<String, BiFunction<String, Draw, Case>> all() {
        Map<String, BiFunction<String, Draw, Case>> all = new TreeMap<>();
        all.put("Elementwise.add", binary(Approx::plus));
        all.put("Elementwise.subtract", binary(Approx::minus));
        all.put("Elementwise.multiply", binary(Approx::times));
        all.put("Elementwise.divide", binary(Approx::over));
        all.put("Elementwise.max", binary((x, y) -> exact(Math.max(x.value(), y.value()))));
        all.put("Elementwise.min", binary((x, y) -> exact(Math.min(x.value(), y.value()))));
        all.put("Elementwise.atLeast", binary((x, y) -> atLeast(x.value(), y.value())));
        all.put("Elementwise.multiplyAdd", ElementwiseKernels::multiplyAdd);
        all.put("Elementwise.log", unary(x -> Formulas.monotone(ElementaryFunction.LOG, x)));
        all.put("Elementwise.sqrt", unary(Approx::sqrt));
        all.put("Elementwise.square", unary(x -> x.times(x)));
        all.put("Elementwise.abs", unary(x -> exact(Math.abs(x.value()))));
        all.put("Elementwise.sign", unary(x -> exact(Math.signum(x.value()))));
        all.put("Activations.exp", unary(x -> Formulas.monotone(ElementaryFunction.EXP, x)));
        all.put("Elementwise.power", ElementwiseKernels::power);
        all.put("Activations.forward", ElementwiseKernels::forward);
        all.put("Activations.backward", derivative(Formulas::slope));
        all.put("Elementwise.secondDerivative", derivative(Formulas::bend));
        return all;
    }

    private static Approx atLeast(double x, double y) {
        return exact(x >= y ? 1 : x < y ? 0 : Double.NaN);
    }

    private static BiFunction<String, Draw, Case> binary(BinaryOperator<Approx> formula) {
        return (kernel, draw) -> {
            int n = draw.size("n");
            Case it = new Case(kernel, draw);
            Operand x = it.stepped("x", n, draw.of("xStep", 1, 1, 0));
            Operand y = it.stepped("y", n, draw.of("yStep", 1, 1, 0));
            Operand place = draw.flag("place") ? y : x;
            Operand z = place.step() == 1 ? it.inPlace("z", place) : it.vector("z", OVERWRITTEN, n);
            return it.arguments(n, x, y, z).expect(verdict -> {
                for (int i = 0; i < n; i++) {
                    Approx expected = formula.apply(exact(x.get(0, i * x.step())), exact(y.get(0, i * y.step())));
                    verdict.element(z, i, expected);
                }
            });
        };
    }

    private static Case multiplyAdd(String kernel, Draw draw) {
        int n = draw.size("n");
        Case it = new Case(kernel, draw);
        Operand x = it.stepped("x", n, draw.of("xStep", 1, 1, 0));
        Operand y = it.stepped("y", n, draw.of("yStep", 1, 1, 0));
        Operand place = draw.flag("place") ? y : x;
        Operand z = place.step() == 1 ? it.updatedInPlace("z", place) : it.vector("z", UPDATED, n);
        return it.arguments(n, x, y, z).expect(verdict -> {
            for (int i = 0; i < n; i++) {
                Approx a = exact(x.get(0, i * x.step()));
                verdict.element(z, i, a.fma(exact(y.get(0, i * y.step())), exact(z.get(0, i))));
            }
        });
    }

    private static BiFunction<String, Draw, Case> unary(UnaryOperator<Approx> formula) {
        return (kernel, draw) -> {
            int n = draw.size("n");
            Case it = new Case(kernel, draw);
            Operand x = it.vector("x", READ, n);
            Operand y = it.inPlace("y", x);
            return it.arguments(n, x, y).expect(verdict -> each(verdict, x, y, formula));
        };
    }

    private static void each(Verdict verdict, Operand x, Operand y, UnaryOperator<Approx> formula) {
        for (int i = 0; i < x.cols(); i++) {
            verdict.element(y, i, formula.apply(exact(x.get(0, i))));
        }
    }

    private static Case power(String kernel, Draw draw) {
        int n = draw.size("n");
        float p = draw.of("p", 1f, 2f, 3f, -1f, 0f, 0.5f, -2f, 2.5f, Float.NaN);
        Case it = new Case(kernel, draw);
        Operand x = it.vector("x", READ, n);
        Operand y = it.inPlace("y", x);
        return it.arguments(n, p, x, y)
                .expect(verdict -> each(
                        verdict,
                        x,
                        y,
                        v -> p == 1
                                ? v
                                : p == 2
                                        ? v.times(v)
                                        : p == 3
                                                ? v.times(v).times(v)
                                                : p == -1
                                                        ? exact(1).over(v)
                                                        : Approx.rounded(Math.pow(v.value(), p), 0)));
    }

    private static Case forward(String kernel, Draw draw) {
        int n = draw.size("n");
        Activation f = Formulas.draw(draw);
        Case it = new Case(kernel, draw);
        Operand x = it.vector("x", READ, n);
        Operand y = it.inPlace("y", x);
        return it.arguments(Formulas.argument(f), n, x, y)
                .expect(verdict -> each(verdict, x, y, v -> Formulas.value(f, v)));
    }

    private interface Derivative {
        Approx at(Activation f, float saved);
    }

    private static BiFunction<String, Draw, Case> derivative(Derivative derivative) {
        return (kernel, draw) -> {
            int n = draw.size("n");
            Activation f = Formulas.draw(draw);
            Case it = new Case(kernel, draw);
            Operand saved = it.vector("saved", READ, n);
            Operand dy = it.vector("dy", READ, n);
            Operand dx = it.inPlace("dx", draw.flag("place") ? saved : dy);
            return it.arguments(Formulas.argument(f), n, saved, dy, dx).expect(verdict -> {
                for (int i = 0; i < n; i++) {
                    verdict.element(dx, i, exact(dy.get(0, i)).times(derivative.at(f, saved.get(0, i))));
                }
            });
        };
    }
}
