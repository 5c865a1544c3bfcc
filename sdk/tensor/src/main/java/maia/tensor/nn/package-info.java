/// Networks as modules with named parameters, and losses.
///
/// In: a tensor. Out: a tensor, on the device of the parameters. The same module runs eagerly, on
/// shape-only tensors, and under a recording backend.
///
/// ```java
/// Module model = Sequential.of(new Linear(256, 64, 1), new ReLU(), new Linear(64, 10, 2));
/// Tensor loss = new CrossEntropyLoss().forward(model.forward(images), labels);
/// ```
@NullMarked
package maia.tensor.nn;

import org.jspecify.annotations.NullMarked;
