/**
 * A gradient checker for any forward/backward pair over {@code float[]} or {@code double[]}, this library's or not.
 *
 * <p>Start at {@link dev.backlane.check.GradientCheck}. The package depends on nothing but {@code java.base}: it starts
 * no thread, reads no system property, logs nothing, and a given seed gives the same report every time.
 *
 * <h2>What a verdict means</h2>
 *
 * <p>A numeric derivative is itself a measurement, with noise from rounding and a truncation error from the step. The
 * checker estimates both, and so tells three cases apart:
 *
 * <ul>
 *   <li>{@link dev.backlane.check.Verdict#PASS}: the measurement is sharp enough to see a relative error of the size of
 *       the tolerance, and sees none;
 *   <li>{@link dev.backlane.check.Verdict#FAIL}: analytic and numeric derivative differ by more than the tolerance and
 *       the measurement's own error together explain, at two steps of different size;
 *   <li>{@link dev.backlane.check.Verdict#INCONCLUSIVE}: the measurement cannot tell. That is not a pass.
 * </ul>
 *
 * <h2>Limits</h2>
 *
 * <ul>
 *   <li>A mistake that the forward pass shares is invisible, and in {@link dev.backlane.check.Mode#ADJOINT} one that the
 *       jvp shares.
 *   <li>A backward pass that still holds the activations of its <em>first</em> forward pass escapes if that one ran at the
 *       very point of the check; one that holds those of the pass before is caught.
 *   <li>Differences of {@code float} values resolve a derivative of size d of a function of size f to about 10⁻⁶·f/d. A
 *       scalar loss in {@code float}, or a large relu network in the modes that move everything at once, often stays
 *       inconclusive; a {@linkplain dev.backlane.check.GradientCheck#inDouble double twin} resolves both.
 *   <li>Of several kinks inside one output, differences at a few steps can look like a wrong slope. That is made rare and
 *       not impossible: TAYLOR on correct relu layers in {@code float} with thousands of outputs has failed once in
 *       hundreds of checks, on networks of usual size and in the other modes never in thousands.
 *   <li>Nothing is concluded at a kink, not even that a value lies between the one-sided derivatives: for several kinks at
 *       one point the usual conventions (relu′(0) = 0) may rightly leave that range.
 * </ul>
 *
 * <h2>Sources</h2>
 *
 * <ul>
 *   <li>J. J. Moré and S. M. Wild, <cite>Estimating Computational Noise</cite>, SIAM J. Sci. Comput. 33 (2011): the
 *       difference table behind the noise estimate.
 *   <li>J. J. Moré and S. M. Wild, <cite>Estimating Derivatives of Noisy Simulations</cite>, ACM TOMS 38 (2012): the
 *       step that balances noise against truncation.
 *   <li>N. J. Higham, <cite>Accuracy and Stability of Numerical Algorithms</cite>, SIAM 2002: rounding of long sums.
 *   <li>A. Griewank and A. Walther, <cite>Evaluating Derivatives</cite>, SIAM 2008: tangent and adjoint, and the identity
 *       between them.
 *   <li>S. M. Kakade and J. D. Lee, <cite>Provably Correct Automatic Subdifferentiation for Qualified Programs</cite>,
 *       NeurIPS 2018: why nothing is concluded at a kink.
 * </ul>
 */
package dev.backlane.check;
