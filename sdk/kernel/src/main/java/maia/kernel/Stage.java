package maia.kernel;

/// One intermediate form of a kernel on its way to the device.
///
/// @param name what made it
/// @param text its text form
public record Stage(String name, String text) {}
