package dev.backlane.bench.peer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch: its C++ modules, autograd and optimiser, called through its Java bindings. Activations work in place,
 * operands are prepared outside the timed part, and what a step makes is freed at its end, as C++ would.
 */
public final class LibTorch implements NetworkPeer, VectorPeer {
    @Override
    public String name() {
        return "libtorch";
    }

    @Override
    public String load() {
        OpenBlas.requireOwnChoice();
        Loader.load(torch.class);
        return "libtorch " + setting("TORCH_VERSION") + ", instructions "
                + torch.get_cpu_capability().getString() + ", BLAS " + setting("BLAS_INFO");
    }

    private static String setting(String name) {
        Matcher matcher = Pattern.compile("\\b" + name + "=([^,]*),")
                .matcher(torch.show_config().getString());
        return matcher.find() ? matcher.group(1) : "unknown";
    }

    @Override
    public boolean multithreaded() {
        return true;
    }

    /** Its OpenBLAS has threads of its own, which libtorch's setting does not reach. */
    @Override
    public void threads(int threads) {
        torch.set_num_threads(threads);
        Native.call(OpenBlas.LIBRARY, "openblas_set_num_threads", threads);
    }

    @Override
    public Job training(Network network) {
        return new Training(network);
    }

    @Override
    public Job inference(Network network) {
        return new Inference(network);
    }

    @Override
    public Job elementwise(String function, float[] values) {
        Tensor x = torch.tensor(values);
        Tensor y = torch.tensor(values);
        BytePointer tanhForm = new BytePointer("tanh");
        Runnable call = switch (function) {
            case "sigmoid" -> () -> torch.sigmoid_out(y, x);
            case "tanh" -> () -> torch.tanh_out(y, x);
            case "exp" -> () -> torch.exp_out(y, x);
            case "gelu" -> () -> torch.gelu_out(y, x, tanhForm);
            case "relu" -> () -> torch.relu_out(y, x);
            default -> throw new IllegalArgumentException(function);
        };
        return new Owner(List.of(x, y)) {
            @Override
            public void run() {
                call.run();
            }

            @Override
            public float[] result() {
                return array(y);
            }
        };
    }

    @Override
    public Job softmaxCrossEntropy(int batch, int classes, float[] logits, int[] labels) {
        Tensor x = tensor(logits, batch, classes);
        x.set_requires_grad(true);
        Tensor targets = torch.tensor(Arrays.stream(labels).asLongStream().toArray());
        return new Owner(List.of(x, targets)) {
            @Override
            public void run() {
                try (PointerScope _ = new PointerScope()) {
                    x.mutable_grad().reset();
                    torch.cross_entropy(x, targets).backward();
                }
            }

            @Override
            public float[] result() {
                return array(x.grad());
            }
        };
    }

    /** What training and inference share: the layers, and every batch as a tensor of its own. */
    private abstract static class Model extends Owner {
        final Network network;
        final List<LinearImpl> layers = new ArrayList<>();
        final List<Tensor> batches = new ArrayList<>();
        int at = -1;

        Model(Network network) {
            super(new ArrayList<>());
            this.network = network;
            List<Integer> sizes = network.sizes();
            try (NoGradGuard _ = new NoGradGuard()) {
                for (int l = 0; l + 1 < sizes.size(); l++) {
                    LinearImpl layer = own(new LinearImpl(sizes.get(l), sizes.get(l + 1)));
                    layer.weight().copy_(tensor(network.transposedWeights(l), sizes.get(l + 1), sizes.get(l)));
                    layer.bias().copy_(torch.tensor(network.bias(l)));
                    layers.add(layer);
                }
            }
            for (float[] rows : network.batches()) {
                batches.add(own(tensor(rows, network.batch(), sizes.get(0))));
            }
        }

        final Tensor logits() {
            at = (at + 1) % batches.size();
            Tensor y = batches.get(at);
            for (int l = 0; l < layers.size(); l++) {
                y = layers.get(l).forward(y);
                if (l < layers.size() - 1) {
                    y = activate(y);
                }
            }
            return y;
        }

        private Tensor activate(Tensor y) {
            return switch (network.activation().kind()) {
                case SIGMOID -> y.sigmoid_();
                case RELU -> y.relu_();
                default ->
                    throw new IllegalArgumentException(network.activation().toString());
            };
        }
    }

    private static final class Training extends Model {
        private final List<Tensor> labels = new ArrayList<>();
        private final SGD optimizer;

        Training(Network network) {
            super(network);
            for (int i = 0; i < batches.size(); i++) {
                long[] some = Arrays.stream(network.labels(), i * network.batch(), (i + 1) * network.batch())
                        .asLongStream()
                        .toArray();
                labels.add(own(torch.tensor(some)));
            }
            TensorVector parameters = own(new TensorVector());
            for (LinearImpl layer : layers) {
                parameters.push_back(layer.weight());
                parameters.push_back(layer.bias());
            }
            optimizer = own(new SGD(parameters, own(new SGDOptions(Network.LEARNING_RATE))));
        }

        @Override
        public void run() {
            try (PointerScope _ = new PointerScope()) {
                optimizer.zero_grad();
                Tensor logits = logits();
                torch.cross_entropy(logits, labels.get(at)).backward();
                optimizer.step();
            }
        }

        @Override
        public float[] result() {
            List<float[]> weights = new ArrayList<>();
            List<float[]> biases = new ArrayList<>();
            for (LinearImpl layer : layers) {
                weights.add(array(layer.weight()));
                biases.add(array(layer.bias()));
            }
            return network.flatten(weights, biases);
        }
    }

    private static final class Inference extends Model {
        Inference(Network network) {
            super(network);
        }

        @Override
        public void run() {
            try (PointerScope _ = new PointerScope();
                    InferenceMode _ = new InferenceMode()) {
                logits();
            }
        }

        /** Of the last batch, computed again: a tensor that outlives its scope is not to be had. */
        @Override
        public float[] result() {
            at--;
            try (PointerScope _ = new PointerScope();
                    InferenceMode _ = new InferenceMode()) {
                return array(logits());
            }
        }
    }

    /** Frees native objects together. */
    private abstract static class Owner implements Job {
        private final List<Pointer> owned;

        Owner(List<? extends Pointer> owned) {
            this.owned = new ArrayList<>(owned);
        }

        final <T extends Pointer> T own(T pointer) {
            owned.add(pointer);
            return pointer;
        }

        @Override
        public void close() {
            owned.reversed().forEach(Pointer::close);
        }
    }

    private static Tensor tensor(float[] x, long... sizes) {
        return torch.tensor(x).reshape(sizes);
    }

    private static float[] array(Tensor tensor) {
        float[] x = new float[Math.toIntExact(tensor.numel())];
        FloatPointer data = tensor.data_ptr_float();
        data.get(x, 0, x.length);
        return x;
    }
}
