package maia.base;

final class User {
  static final int LINE = 9;

  private User() {}

  static Origin.Frame call() {
    return OriginTest.recordForUser();
  }
}
