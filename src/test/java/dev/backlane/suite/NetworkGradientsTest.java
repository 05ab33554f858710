package dev.backlane.suite;

import dev.backlane.check.GradientCheck;
import dev.backlane.check.Mode;
import dev.backlane.check.Tensor;
import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activation.Kind;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Whole networks against the same network in double. There is no ADJOINT mode: a loss is a scalar, whose jvp is the inner
 * product with the gradient under test, so that the identity would hold whatever the gradient is.
 */
@Domain(BacklaneDomain.class)
@Domain(DomainContext.Global.class)
class NetworkGradientsTest {
    private static final List<Mode> MODES = List.of(Mode.JACOBIAN, Mode.PROJECTION, Mode.TAYLOR);

    /** Each weight matrix and bias is an input of its own, so that a failure names the layer. */
    static GradientCheck check(Network network, Terrain terrain, boolean accumulate) {
        Network.Data data = network.data(terrain);
        Mlp mlp = data.mlp;
        int inputs = mlp.inputs();
        float[] gradients = new float[mlp.parameterCount()];
        double[] parameters = new double[gradients.length];
        double[] x = new double[data.x.length];
        double[] targets = new double[data.targets.length];
        double[] loss = new double[1];
        Workers caller = Workers.caller();
        GradientCheck check = GradientCheck.ofLoss(
                () -> {
                    mlp.forward(caller, data.batch, data.x, 0, inputs, data.parameters, 0, data.workspace);
                    return mlp.loss(data.batch, data.targets, 0, mlp.outputs(), 1, data.workspace);
                },
                () -> mlp.backward(
                        caller,
                        data.batch,
                        data.x,
                        0,
                        inputs,
                        data.parameters,
                        0,
                        data.workspace,
                        gradients,
                        0,
                        accumulate));
        GradientCheck twin = GradientCheck.ofForward(
                        () -> loss[0] = InDouble.loss(mlp, data.batch, x, parameters, targets))
                .output("loss", Tensor.of(loss));
        for (var block : mlp.layout().blocks()) {
            int[] shape = block.shape().stream().mapToInt(Integer::intValue).toArray();
            check.input(
                            block.name(),
                            Tensor.of(data.parameters, shape).at(block.offset()),
                            Tensor.of(gradients, shape).at(block.offset()))
                    .accumulates(block.name(), accumulate);
            twin.input(block.name(), Tensor.of(parameters, shape).at(block.offset()));
        }
        check.input("x", Tensor.of(data.x)).input("targets", Tensor.of(data.targets));
        twin.input("x", Tensor.of(x)).input("targets", Tensor.of(targets));
        return check.inDouble(twin);
    }

    /** Every activation under every loss, and two layers deep. */
    @TestFactory
    Stream<DynamicTest> passes() {
        return Stream.of(Kind.values())
                .flatMap(kind -> Stream.of(Loss.values()).map(loss -> {
                    var hidden = new Network.Layer(9, Registry.activation(kind));
                    var last = new Network.Layer(3, Registry.activation(kind));
                    Network network = new Network(6, 5, List.of(hidden, hidden, last), loss, 3);
                    return DynamicTest.dynamicTest(network.toString(), () -> {
                        for (Mode mode : MODES) {
                            var report = Judge.run(check(network, Terrain.ORDINARY, mode == Mode.JACOBIAN), mode);
                            if (mode == Mode.JACOBIAN || !network.hasKinks()) {
                                Judge.passes(network.toString(), report, false);
                            } else {
                                // a direction through a relu network may cross kinks at every step
                                Judge.isNotWrong(network.toString(), report);
                            }
                        }
                    });
                }));
    }

    /** Its first layer's gradient is off by 10⁻⁵ of itself, since what is below a layer of one neuron cancels. */
    @Test
    void lostDigitsAreNoWrongFormula() {
        List<Network.Layer> layers = IntStream.of(2, 1, 2, 2, 5)
                .mapToObj(width -> new Network.Layer(width, Activation.IDENTITY))
                .toList();
        Network network = new Network(2, 2, layers, Loss.SQUARED_ERROR, 1877);
        Judge.isNotWrong(network.toString(), Judge.run(check(network, Terrain.ORDINARY, false), Mode.PROJECTION));
    }

    /** Its one hidden neuron's weights nearly cancel: gradients below are off by four ten-thousandths of themselves. */
    @Test
    void lostDigitsAreNoLinearRemainder() {
        List<Network.Layer> layers = IntStream.of(2, 2, 1, 2)
                .mapToObj(width -> new Network.Layer(width, Activation.IDENTITY))
                .toList();
        Network network = new Network(1, 4, layers, Loss.SOFTMAX_CROSS_ENTROPY, 89);
        Judge.isNotWrong(network.toString(), Judge.run(check(network, Terrain.ORDINARY, false), Mode.TAYLOR));
    }

    @Property(tries = 30)
    void isNotWrongAnywhere(@ForAll Network network, @ForAll Terrain terrain, @ForAll boolean accumulate) {
        for (Mode mode : MODES) {
            if (terrain.suits(mode)) {
                var report = Judge.run(check(network, terrain, accumulate), mode);
                if (terrain == Terrain.SATURATED) {
                    // the digits that 1 − y² loses are passed on to every layer below, magnified by weights of thirty
                    Judge.isSound(network + " " + terrain, report);
                } else {
                    Judge.isNotWrong(network + " " + terrain, report);
                }
            }
        }
    }
}
