/// Optimisers: they read the gradients that `backward` left on the parameters and change the
/// parameters in place.
///
/// In: parameters with gradients. Out: nothing; the parameters are changed. Each update is fp32
/// arithmetic in a fixed order, so training repeats bit for bit.
///
/// [Schedule] is the learning rate over time; [Plateau] follows a measured value instead.
///
/// ```java
/// Optimizer optimizer = new Adam(model.parameters(), 1e-3);
/// optimizer.zeroGrad();
/// loss.backward();
/// optimizer.step();
/// ```
@NullMarked
package maia.tensor.optim;

import org.jspecify.annotations.NullMarked;
