/// Help for tests.
module maia.testkit {
  requires static org.jspecify;

  exports maia.testkit;
}
