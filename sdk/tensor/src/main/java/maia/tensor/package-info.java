/// Tensors that feel like PyTorch's, on a host backend in plain Java or on a device that plugs in.
///
/// In: values, or a seed. Out: new tensors; nothing is changed in place except by `assign`. Every
/// operation is an [Op] record that goes to the [Backend] of its inputs' [Device]; results have the
/// same bits on every machine and for any number of threads.
///
/// Terms. A *view* is the same memory in another layout. A *meta* tensor has a shape and no memory.
/// A *block* tensor holds elements that share scales (MX, NVFP4).
///
/// ```java
/// Tensor x = Tensor.randn(DType.F32, 1, 4, 3);
/// Tensor w = Tensor.randn(DType.F32, 2, 2, 3).requireGrad();
/// x.linear(w).relu().sum().backward();
/// System.out.println(w.grad());
/// ```
@NullMarked
package maia.tensor;

import org.jspecify.annotations.NullMarked;
