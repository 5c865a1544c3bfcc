package maia.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A sparse matrix `[to, from]`: which elements along a dimension each new one is made of.
///
/// @param from how many elements there were
/// @param index for each new element, the old ones, ascending
/// @param weight their factors
public record Weights(int from, int[][] index, double[][] weight) {
  int to() {
    return index.length;
  }

  /// The matrix with rows and columns exchanged.
  Weights transposed() {
    int[] counts = new int[from];
    for (int[] row : index) {
      for (int i : row) {
        counts[i]++;
      }
    }
    int[][] rows = new int[from][];
    double[][] factors = new double[from][];
    for (int i = 0; i < from; i++) {
      rows[i] = new int[counts[i]];
      factors[i] = new double[counts[i]];
    }
    int[] filled = new int[from];
    for (int o = 0; o < to(); o++) {
      for (int j = 0; j < index[o].length; j++) {
        int i = index[o][j];
        rows[i][filled[i]] = o;
        factors[i][filled[i]++] = weight[o][j];
      }
    }
    return new Weights(to(), rows, factors);
  }

  /// Every new element is the old one named, or 0 where the name is negative.
  static Weights picking(int from, int[] index) {
    int[][] rows = new int[index.length][];
    double[][] factors = new double[index.length][];
    for (int o = 0; o < index.length; o++) {
      rows[o] = index[o] < 0 ? new int[0] : new int[] {index[o]};
      factors[o] = index[o] < 0 ? new double[0] : new double[] {1};
    }
    return new Weights(from, rows, factors);
  }

  /// The sum over each list of old elements, times its factor.
  static Weights summing(int from, List<int[]> lists, double[] factors) {
    double[][] weights = new double[factors.length][];
    for (int o = 0; o < factors.length; o++) {
      weights[o] = new double[lists.get(o).length];
      Arrays.fill(weights[o], factors[o]);
    }
    return new Weights(from, lists.toArray(int[][]::new), weights);
  }

  /// Row `o` from pairs of old element and factor; elements named twice are added up.
  static Weights mixing(int from, List<int[]> lists, List<double[]> factors) {
    List<int[]> rows = new ArrayList<>();
    List<double[]> weights = new ArrayList<>();
    for (int o = 0; o < lists.size(); o++) {
      double[] dense = new double[from];
      for (int j = 0; j < lists.get(o).length; j++) {
        dense[lists.get(o)[j]] += factors.get(o)[j];
      }
      int[] used = Arrays.stream(lists.get(o)).sorted().distinct().toArray();
      rows.add(used);
      weights.add(Arrays.stream(used).mapToDouble(i -> dense[i]).toArray());
    }
    return new Weights(from, rows.toArray(int[][]::new), weights.toArray(double[][]::new));
  }
}
