/// Networks as modules with named parameters, and losses.
///
/// A subclass of [Module] writes `forward`; everyone runs `call`, which adds hooks. Functions
/// without parameters are in [maia.tensor.Functional] (decision 039).
///
/// In: a tensor. Out: a tensor, on the device of the parameters. The same module runs eagerly, on
/// shape-only tensors, and under a recording backend.
///
/// ```java
/// Module model = Sequential.of(new Linear(256, 64, 1), new ReLU(), new Linear(64, 10, 2));
/// Tensor loss = new CrossEntropyLoss().forward(model.call(images), labels);
/// ```
@NullMarked
package maia.tensor.nn;

import org.jspecify.annotations.NullMarked;
