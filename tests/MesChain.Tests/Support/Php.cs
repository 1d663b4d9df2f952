using System.Diagnostics;
using MesChain.Tests.Architecture;

namespace MesChain.Tests.Support;

/// <summary>Runs a PHP script of tests/formats, the second implementation of a format.</summary>
static class Php
{
    public static async Task<(int Status, string Output)> RunAsync(string script, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("php", [Path.Combine(Repository.Root, "tests/formats", script), .. arguments]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", "PHP is not installed");
            throw;
        }

        using (process)
        {
            try
            {
                await process.StandardInput.WriteAsync(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has seen enough: what it says, it said before its end.
            }

            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output);
        }
    }
}
