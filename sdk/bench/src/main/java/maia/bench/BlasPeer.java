package maia.bench;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.mkl.global.mkl_rt;
import org.bytedeco.openblas.global.openblas;

/// Row-major fp32 products of the two BLAS libraries, on memory outside the Java heap.
///
/// Both offer the same names, and MKL's loads them for the whole process: a name that OpenBLAS's
/// wrapper has not called by then would be MKL's. So [#load] calls each of them at once, OpenBLAS
/// first.
enum BlasPeer {
  OPENBLAS {
    @Override
    void threads(int count) {
      openblas.blas_set_num_threads(count);
    }

    @Override
    void product(int m, int n, int k, FloatPointer a, FloatPointer b, boolean t, FloatPointer c) {
      int transposed = t ? openblas.CblasTrans : openblas.CblasNoTrans;
      if (m == 1 && t) {
        openblas.cblas_sgemv(
            openblas.CblasRowMajor, openblas.CblasNoTrans, n, k, 1, b, k, a, 1, 0, c, 1);
        return;
      }
      openblas.cblas_sgemm(
          openblas.CblasRowMajor,
          openblas.CblasNoTrans,
          transposed,
          m,
          n,
          k,
          1,
          a,
          k,
          b,
          t ? k : n,
          0,
          c,
          n);
    }
  },
  MKL {
    @Override
    void threads(int count) {
      mkl_rt.MKL_Set_Num_Threads(count);
    }

    @Override
    void product(int m, int n, int k, FloatPointer a, FloatPointer b, boolean t, FloatPointer c) {
      int transposed = t ? mkl_rt.CblasTrans : mkl_rt.CblasNoTrans;
      if (m == 1 && t) {
        mkl_rt.cblas_sgemv(mkl_rt.CblasRowMajor, mkl_rt.CblasNoTrans, n, k, 1, b, k, a, 1, 0, c, 1);
        return;
      }
      mkl_rt.cblas_sgemm(
          mkl_rt.CblasRowMajor,
          mkl_rt.CblasNoTrans,
          transposed,
          m,
          n,
          k,
          1,
          a,
          k,
          b,
          t ? k : n,
          0,
          c,
          n);
    }
  };

  /// Limits the library to `count` threads.
  abstract void threads(int count);

  /// `c = a * b`, with `b` stored as `[n, k]` where `t`.
  abstract void product(
      int m, int n, int k, FloatPointer a, FloatPointer b, boolean t, FloatPointer c);

  /// Loads the library, limited to `count` threads, and binds the names that [#product] calls.
  BlasPeer load(int count) {
    threads(count);
    float[] one = {1};
    for (int rows = 1; rows <= 2; rows++) {
      contender(rows, 1, 1, new float[rows], one, true).call().run();
    }
    return this;
  }

  /// Its column of the table.
  String label() {
    return this == OPENBLAS ? "openblas" : "mkl";
  }

  /// A contender for a product of these values.
  Contender contender(int m, int n, int k, float[] a, float[] b, boolean t) {
    FloatPointer left = new FloatPointer(a);
    FloatPointer right = new FloatPointer(b);
    FloatPointer result = new FloatPointer((long) m * n);
    return new Contender(label(), () -> product(m, n, k, left, right, t, result));
  }
}
