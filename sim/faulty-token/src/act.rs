//! One call as it was planned.

use std::thread;

use cryptoki_sys::{CK_RV, CKR_FUNCTION_REJECTED, CKR_OK};

use crate::log;
use crate::plan::{self, Wrong};

/// A call of the module behind.
pub trait Call {
    /// Its name.
    const NAME: &'static str;

    /// Makes it.
    fn make(&self) -> CK_RV;

    /// Leaves things as after a call that has failed.
    fn fail(&self) {}

    /// Flips a bit of what came out.
    fn flip(&self) {}
}

/// Makes the call as it was planned, and writes it down first.
pub fn act<C: Call>(call: &C) -> CK_RV {
    let planned = plan::next(C::NAME);
    log::write(C::NAME, &shown(&planned));
    match planned {
        Ok(None) => call.make(),
        Ok(Some(wrong)) => go_wrong(call, wrong),
        Err(_) => CKR_FUNCTION_REJECTED,
    }
}

fn shown(planned: &Result<Option<Wrong>, String>) -> String {
    match planned {
        Ok(None) => "as ever".to_owned(),
        Ok(Some(wrong)) => format!("{wrong:?}"),
        Err(why) => why.clone(),
    }
}

fn go_wrong<C: Call>(call: &C, wrong: Wrong) -> CK_RV {
    match wrong {
        Wrong::Fails(code) => {
            call.fail();
            code
        }
        Wrong::FailsAfterDoing(code) => {
            call.make();
            code
        }
        Wrong::Claims => {
            call.fail();
            CKR_OK
        }
        Wrong::Flips => {
            let code = call.make();
            call.flip();
            code
        }
        Wrong::Slow(time) => {
            thread::sleep(time);
            call.make()
        }
        Wrong::Hangs(time) => {
            let code = call.make();
            thread::sleep(time);
            code
        }
    }
}
