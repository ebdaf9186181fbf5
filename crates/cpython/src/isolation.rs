//! Isolation: this process's own view of some folders, in which what it changes stays its own.
#![allow(
    unsafe_code,
    reason = "namespaces and mounts are system calls without a safe wrapper here"
)]

use std::ffi::CString;
use std::io;
#[cfg(target_os = "linux")]
use std::os::unix::fs::MetadataExt;

/// A folder of which a process gets its own view.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The folder.
    pub root: String,
    /// An empty folder that takes what is changed.
    pub upper: String,
    /// An empty folder beside it, for the file system's own use.
    pub work: String,
    /// Whether the view is of no use without it.
    pub needed: bool,
}

/// Gives this process and those that it will start a view of their own of some folders, and no way to
/// other machines. Other processes see nothing of what is changed there. For a process with one thread.
///
/// # Errors
/// Where the system does not allow it; the process is then of use for nothing that relies on the folders.
#[cfg(target_os = "linux")]
pub fn isolate(layers: &[Layer]) -> io::Result<()> {
    if layers.iter().any(|layer| layer.root == "/" || layer.root.contains([':', ',', '\\'])) {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let me = std::fs::metadata("/proc/self")?;
    let (user, group) = (me.uid(), me.gid());
    let spaces = libc::CLONE_NEWNS | libc::CLONE_NEWNET;
    // Whoever may do it as himself keeps all his rights to files.
    let as_oneself = user == 0 && unshare(spaces).is_ok();
    if !as_oneself {
        unshare(libc::CLONE_NEWUSER | spaces)?;
        // He stays who he is.
        std::fs::write("/proc/self/setgroups", "deny")?;
        std::fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
        std::fs::write("/proc/self/gid_map", format!("{group} {group} 1"))?;
    }
    mount("none", "/", "", libc::MS_REC | libc::MS_PRIVATE, "")?;
    let here = std::env::current_dir();
    for layer in layers {
        let Layer { root, upper, work, needed } = layer;
        let details = format!("lowerdir={root},upperdir={upper},workdir={work}");
        let alone = format!("{details},userxattr");
        let mounted = mount("overlay", root, "overlay", 0, &details)
            .or_else(|_| mount("overlay", root, "overlay", 0, &alone));
        if *needed {
            mounted?;
        }
    }
    loopback_up();
    // The folder that it is in is still the one below.
    here.and_then(std::env::set_current_dir)
}

/// Where there are no such views, there is none.
#[cfg(not(target_os = "linux"))]
pub fn isolate(_: &[Layer]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(target_os = "linux")]
fn unshare(spaces: libc::c_int) -> io::Result<()> {
    // SAFETY: takes numbers and changes nothing in this process's memory.
    done(unsafe { libc::unshare(spaces) })
}

#[cfg(target_os = "linux")]
fn mount(
    source: &str,
    target: &str,
    kind: &str,
    flags: libc::c_ulong,
    details: &str,
) -> io::Result<()> {
    let text = |text: &str| CString::new(text).map_err(io::Error::from);
    let (source, target, kind, details) =
        (text(source)?, text(target)?, text(kind)?, text(details)?);
    // SAFETY: the texts end with a zero and live until the call returns.
    done(unsafe {
        libc::mount(source.as_ptr(), target.as_ptr(), kind.as_ptr(), flags, details.as_ptr().cast())
    })
}

/// A network of one's own begins with nothing, not even the way to oneself.
#[cfg(target_os = "linux")]
fn loopback_up() {
    // SAFETY: takes numbers.
    let socket = unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
    if socket < 0 {
        return;
    }
    // SAFETY: a structure of numbers and letters, for which zeros are good.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the descriptor is ours and open; the request lives until the call returns.
    unsafe {
        libc::ioctl(socket, libc::SIOCSIFFLAGS, &raw mut request);
        libc::close(socket);
    }
}

#[cfg(target_os = "linux")]
fn done(code: libc::c_int) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
