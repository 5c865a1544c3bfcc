package maia.tensor;

import maia.base.Check;

/// How a window moves over rows (y) and columns (x) of an image. The size of the window is that of
/// the weight, or given to the pooling.
///
/// @param strideY rows from one window to the next, positive
/// @param strideX columns from one window to the next, positive
/// @param paddingY rows of zeros added above and below
/// @param paddingX columns of zeros added left and right
/// @param dilationY rows from one element of the window to the next, positive
/// @param dilationX columns from one element of the window to the next, positive
/// @param groups parts into which channels are divided; each part sees only its own
public record Window(
    int strideY,
    int strideX,
    int paddingY,
    int paddingX,
    int dilationY,
    int dilationX,
    int groups) {
  public Window {
    Check.argument(
        strideY > 0 && strideX > 0,
        "window: strides must be positive, were %d, %d",
        strideY,
        strideX);
    Check.argument(
        paddingY >= 0 && paddingX >= 0,
        "window: padding must not be negative, was %d, %d",
        paddingY,
        paddingX);
    Check.argument(
        dilationY > 0 && dilationX > 0,
        "window: dilations must be positive, were %d, %d",
        dilationY,
        dilationX);
    Check.argument(groups > 0, "window: groups must be positive, were %d", groups);
  }

  /// Every position, no padding.
  public static Window of() {
    return new Window(1, 1, 0, 0, 1, 1, 1);
  }

  /// The same with other strides.
  public Window stride(int y, int x) {
    return new Window(y, x, paddingY, paddingX, dilationY, dilationX, groups);
  }

  /// The same with one stride for rows and columns.
  public Window stride(int both) {
    return stride(both, both);
  }

  /// The same with other padding.
  public Window padding(int y, int x) {
    return new Window(strideY, strideX, y, x, dilationY, dilationX, groups);
  }

  /// The same with one padding for rows and columns.
  public Window padding(int both) {
    return padding(both, both);
  }

  /// The same with other dilations.
  public Window dilation(int y, int x) {
    return new Window(strideY, strideX, paddingY, paddingX, y, x, groups);
  }

  /// The same with one dilation for rows and columns.
  public Window dilation(int both) {
    return dilation(both, both);
  }

  /// The same with channels divided into `count` groups.
  public Window groups(int count) {
    return new Window(strideY, strideX, paddingY, paddingX, dilationY, dilationX, count);
  }

  /// The same along columns, for images of one row: how signals are convolved.
  public Window oneRow() {
    return new Window(1, strideX, 0, paddingX, 1, dilationX, groups);
  }

  /// How many windows of `kernel` elements fit `size` rows; 0 or less where none does.
  long countY(long size, long kernel) {
    return Math.floorDiv(size + 2L * paddingY - dilationY * (kernel - 1) - 1, strideY) + 1;
  }

  /// How many windows of `kernel` elements fit `size` columns; 0 or less where none does.
  long countX(long size, long kernel) {
    return Math.floorDiv(size + 2L * paddingX - dilationX * (kernel - 1) - 1, strideX) + 1;
  }
}
