/** SIMD kernels for dense neural networks on flat arrays, and what is built on them. */
module dev.backlane {
    requires jdk.incubator.vector;
    requires static jdk.management;

    exports dev.backlane.check;
    exports dev.backlane.graph;
    exports dev.backlane.kernel;
    exports dev.backlane.nn;
    exports dev.backlane.optim;
    exports dev.backlane.param;
    exports dev.backlane.safetensors;
}
