package dev.backlane.check;

/** How a gradient is compared with a derivative that does not come from the backward pass. */
public enum Mode {
    /**
     * Every coordinate of every input by central differences: {@code (f(x + h·eᵢ) − f(x − h·eᵢ)) / 2h}. Names the wrong
     * coordinate. Costs at least two forward passes per coordinate, or per sampled coordinate with
     * {@link GradientCheck#sample}.
     */
    JACOBIAN,

    /**
     * Random signed directions over each input: {@code ⟨g, v⟩} against a central difference along {@code v}, with each
     * {@code vᵢ = ±max(1, |xᵢ|)} rounded to a power of two. Costs a few forward passes per direction, however many
     * parameters there are; a direction that fails is bisected down to one coordinate. Its report says how large an error
     * in a single coordinate it could have seen.
     */
    PROJECTION,

    /**
     * Forward mode against reverse mode: {@code ⟨J·t, c⟩ = ⟨t, Jᵀ·c⟩} for random tangents {@code t} and cotangents
     * {@code c}. No step, so no truncation and no kinks; needs a {@linkplain GradientCheck#jvp jvp}. An error that both
     * modes share is invisible to it.
     */
    ADJOINT,

    /**
     * Taylor remainder: {@code |f(x + hv) − f(x) − h⟨g, v⟩|} shrinks like {@code h²} for a correct gradient and like
     * {@code h} for a wrong one. The slope is read off at the smallest steps that rounding leaves legible.
     */
    TAYLOR
}
