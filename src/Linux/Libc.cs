// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Linux;

/// <summary>
/// System calls that the framework does not offer, under their own names; their man pages document them. Constants have
/// the kernel's names and, unless noted otherwise, the same value on x86-64 and arm64.
/// </summary>
internal static partial class Libc;
