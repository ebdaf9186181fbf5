//! Says where the library of the interpreter lies that the benchmark of the heap starts.

fn main() {
    #[cfg(feature = "python")]
    pyo3_build_config::add_libpython_rpath_link_args();
}
