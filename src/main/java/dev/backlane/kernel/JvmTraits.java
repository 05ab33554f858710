package dev.backlane.kernel;

import java.lang.management.ManagementFactory;
import java.util.Locale;

/** What this JVM is and can do, as far as it decides which backend runs. Never throws: an unknown is an obstacle. */
final class JvmTraits {
    private JvmTraits() {}

    /** The sentence that says why the SIMD kernels cannot run fast here, or null if they can. */
    static String obstacle() {
        String name = System.getProperty("java.vm.name", "");
        String info = System.getProperty("java.vm.info", "").toLowerCase(Locale.ROOT);
        if (widestBits() == 0) {
            return "the module jdk.incubator.vector is not there"
                    + " (on the class path, start Java with --add-modules jdk.incubator.vector)";
        }
        if (!name.contains("OpenJDK") && !name.contains("HotSpot")) {
            return "the Vector API is not known to be fast on " + name;
        }
        if (info.contains("interpreted mode")) {
            return "the JVM only interprets (-Xint)";
        }
        if (name.contains("Client") || info.contains("emulated-client")) {
            return "the C2 compiler is off";
        }
        if (Integer.parseInt(vmOption("TieredStopAtLevel", "4")) < 4) {
            return "the C2 compiler is off (-XX:TieredStopAtLevel)";
        }
        if (!Boolean.parseBoolean(vmOption("UseCompiler", "true"))) {
            return "the compilers are off";
        }
        if (!Boolean.parseBoolean(vmOption("EnableVectorSupport", "true"))) {
            return "the JVM's vector support is off (-XX:-EnableVectorSupport)";
        }
        if (!hardwareFma()) {
            return "no hardware FMA";
        }
        if (widestBits() < 128) {
            return "the widest vectors of this JVM have " + widestBits() + " bits";
        }
        return null;
    }

    /** Widest vectors in bits that this JVM compiles to instructions; 0 without the module. */
    static int widestBits() {
        try {
            Class.forName("jdk.incubator.vector.FloatVector");
            return SimdProbe.widestBits();
        } catch (ClassNotFoundException | LinkageError | UnsupportedOperationException e) {
            return 0;
        }
    }

    static boolean x86() {
        String arch = System.getProperty("os.arch", "");
        return arch.equals("amd64") || arch.equals("x86_64");
    }

    static boolean flagsKnown() {
        return !vmOption("UseFMA", "").isEmpty();
    }

    static boolean hardwareFma() {
        return Boolean.parseBoolean(vmOption("UseFMA", "true"));
    }

    static String vm() {
        return System.getProperty("java.vm.name") + ' ' + System.getProperty("java.vm.version") + ", "
                + System.getProperty("os.arch");
    }

    /** The value of a HotSpot flag; {@code otherwise} where the flag or the module that tells is missing. */
    private static String vmOption(String flag, String otherwise) {
        try {
            var bean = ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class);
            return bean == null ? otherwise : bean.getVMOption(flag).getValue();
        } catch (LinkageError | RuntimeException e) {
            return otherwise;
        }
    }
}
