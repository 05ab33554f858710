package dev.backlane.bench.peer;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Settings of native libraries that have no Java binding. The libraries must be loaded already. */
final class Native {
    private Native() {}

    /** Calls {@code void function(int)}. */
    static void call(String library, String function, int argument) {
        MethodHandle handle = find(library, function, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        try {
            handle.invokeExact(argument);
        } catch (Throwable e) {
            throw new IllegalStateException(function, e);
        }
    }

    /** Calls {@code const char *function()}. */
    static String string(String library, String function) {
        MethodHandle handle = find(library, function, FunctionDescriptor.of(ValueLayout.ADDRESS));
        try {
            MemorySegment text = (MemorySegment) handle.invokeExact();
            return text.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException(function, e);
        }
    }

    private static MethodHandle find(String library, String function, FunctionDescriptor type) {
        MemorySegment address = SymbolLookup.libraryLookup(library, Arena.global())
                .find(function)
                .orElseThrow(() -> new UnsatisfiedLinkError(library + " has no " + function));
        return Linker.nativeLinker().downcallHandle(address, type);
    }
}
